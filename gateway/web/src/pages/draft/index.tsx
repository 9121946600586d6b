import { useSearchParams } from "react-router";
import { Page } from "@/components/page";
import { Answer } from "@/components/states";
import { DraftForm } from "./components/draft-form";
import { useDraft } from "./service";

/** Writes an outgoing document or a submission for approval; it is kept on the server while it is written. */
export default function Draft() {
  const [search] = useSearchParams();
  const id = search.get("draft") ?? "";
  const query = useDraft(id);
  return (
    <Page title={id ? "编辑文稿" : "新拟文稿"}>
      {id ? <Answer query={query}>{({ document, files }) => <DraftForm key={document.name} before={document} files={files} />}</Answer> : <DraftForm before={null} files={[]} />}
    </Page>
  );
}
