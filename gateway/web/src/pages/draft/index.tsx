import { useSearchParams } from "react-router";
import { useDeclarations } from "@/components/form/declared";
import { Page } from "@/components/page";
import { Answer } from "@/components/states";
import { DraftForm } from "./components/draft-form";
import { useDraft } from "./service";

/** Writes an outgoing document or a submission for approval; it is kept on the server while it is written. */
export default function Draft() {
  const [search] = useSearchParams();
  const id = search.get("draft") ?? "";
  const query = useDraft(id);
  const declarations = useDeclarations();
  return (
    <Page title={id ? "编辑文稿" : "新拟文稿"}>
      <Answer query={declarations}>
        {({ fields = [] }) =>
          id ? <Answer query={query}>{({ document, files }) => <DraftForm key={document.name} before={document} files={files} fields={fields} />}</Answer> : <DraftForm before={null} files={[]} fields={fields} />
        }
      </Answer>
    </Page>
  );
}
