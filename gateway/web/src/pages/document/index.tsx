import { Button } from "antd";
import { lazy, Suspense } from "react";
import { Link, useParams, useSearchParams } from "react-router";
import { accessOf } from "@/access";
import { ActionBar } from "@/components/form/action-bar";
import { declaredFor, type DocumentKindWord, useDeclarations } from "@/components/form/declared";
import { FileList } from "@/components/files/file-list";
import { Page } from "@/components/page";
import { Answer, Loading } from "@/components/states";
import { to } from "@/paths";
import { useSession } from "@/session/session";
import { documentActions, OFFERED } from "./actions";
import { ActPanel } from "./components/act-panel";
import { Facts, Findings } from "./components/facts";
import { HandlingView } from "./components/handling-view";
import { Readings } from "./components/readings";
import { RouteView } from "./components/route-view";
import { type Document, useAttachments, useDocument, useRoute } from "./service";

const Related = lazy(() => import("./components/related"));

const wordOf = (kind: Document["kind"]) => (kind ?? "").slice("DOCUMENT_KIND_".length).toLowerCase() as DocumentKindWord;

/** One document: what it is, what I can do with it, where it stands. */
export default function DocumentPage() {
  const { document: id = "" } = useParams();
  const [search] = useSearchParams();
  const document = useDocument(id);
  const route = useRoute(id);
  const attachments = useAttachments(id);
  const declarations = useDeclarations();
  const actionsOf = (found: Document) => documentActions(found, declaredFor(declarations.data?.fields, wordOf(found.kind)));
  const { may } = accessOf(useSession().me.permissions ?? []);
  return (
    <Answer query={document} rows={8}>
      {(found) => (
        <Page
          title={found.title || "（无标题）"}
          actions={
            <Link to={to("print", { document: id })}>
              <Button>办文单</Button>
            </Link>
          }
        >
          <div className="document">
            <div className="document-main">
              <p className="muted brief">
                {[found.registrationNumber || found.documentNumber, found.sender, found.senderNumber].filter(Boolean).map((each) => (
                  <span key={each}>{each}</span>
                ))}
              </p>
              <Answer query={route}>{(drawn) => <ActPanel route={drawn} document={found} chosen={search.get("step") ?? ""} />}</Answer>
              <Findings document={found} />
              {found.state === "DOCUMENT_STATE_REGISTERED" && found.allowedActions?.includes("ClassifyDocument") && (
                <section className="card next-act" aria-label="下一步">
                  <p>已登记。分类后按本单位制度的流程流转，开始计算时限。</p>
                  <ActionBar of={found.name ?? ""} actions={actionsOf(found)} offered={["ClassifyDocument"]} allowed={found.allowedActions} primary />
                </section>
              )}
              {found.body && (
                <section className="card" aria-label="正文">
                  <h2>正文</h2>
                  <div className="document-body">{found.body}</div>
                </section>
              )}
              <Answer query={attachments} quiet empty={{ when: (files) => files.length === 0, show: null }}>
                {(files) => (
                  <section className="card" aria-label="附件">
                    <h2>附件</h2>
                    <FileList files={files} />
                  </section>
                )}
              </Answer>
              <Answer query={route}>{(drawn) => <RouteView route={drawn} />}</Answer>
              <HandlingView document={id} />
              {found.state !== "DOCUMENT_STATE_DRAFT" && (
                <Suspense fallback={<Loading rows={3} />}>
                  <Related document={found} />
                </Suspense>
              )}
            </div>
            <aside className="document-side" aria-label="登记信息">
              <Facts document={found} />
              <div className="side-acts">
                <ActionBar of={found.name ?? ""} actions={actionsOf(found)} offered={found.state === "DOCUMENT_STATE_REGISTERED" ? OFFERED.filter((name) => name !== "ClassifyDocument") : OFFERED} allowed={found.allowedActions} />
                {found.state === "DOCUMENT_STATE_RETURNED" && may("documents:document:register") && (
                  <Link to={`${to("register")}?resubmits=${id}`}>
                    <Button type="primary">登记改正后的来文</Button>
                  </Link>
                )}
                {found.allowedActions?.includes("UpdateDraft") && (
                  <Link to={`${to("newDraft")}?draft=${id}`}>
                    <Button type="primary">继续编辑</Button>
                  </Link>
                )}
              </div>
              <Readings document={id} />
            </aside>
          </div>
        </Page>
      )}
    </Answer>
  );
}
