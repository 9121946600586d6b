import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { Link } from "react-router";
import { accessOf } from "@/access";
import { answer, api, idOf } from "@/api/client";
import { DocumentList } from "@/components/document-list";
import { Page } from "@/components/page";
import { Answer, Empty } from "@/components/states";
import { to } from "@/paths";
import { useSession } from "@/session/session";

function useDrafts() {
  return useQuery({
    queryKey: ["documents", "list", "drafts"],
    queryFn: async () => (await answer(api.GET("/v1/documents", { params: { query: { state: "DOCUMENT_STATE_DRAFT", pageSize: 200 } } }))).documents ?? [],
  });
}

/** What I am writing and have not submitted yet. */
export default function Drafts() {
  const query = useDrafts();
  const { may } = accessOf(useSession().me.permissions ?? []);
  const begin = (
    <>
      <Link to={to("newDraft")}>
        <Button type="primary">新拟文稿</Button>
      </Link>
      {may("documents:number:manage") && (
        <Link to={to("numbers")}>
          <Button>文号管理</Button>
        </Link>
      )}
    </>
  );
  return (
    <Page title="草稿" actions={begin}>
      <Answer query={query} empty={{ when: (rows) => rows.length === 0, show: <Empty text="没有草稿。发文和呈批件从这里拟稿，提交前只有自己能看到。" /> }}>
        {(rows) => <DocumentList documents={rows} address={({ name }) => `${to("newDraft")}?draft=${idOf(name ?? "")}`} />}
      </Answer>
    </Page>
  );
}
