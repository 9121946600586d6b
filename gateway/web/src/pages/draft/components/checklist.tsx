import CheckCircleOutlined from "@ant-design/icons/CheckCircleOutlined";
import ExclamationCircleOutlined from "@ant-design/icons/ExclamationCircleOutlined";
import type { Attachment } from "@/components/files/upload";
import { list, text, type Values } from "@/components/form/fields";

/** What a draft still lacks before it can be sent; what the regulation demands beyond it the server says when it is submitted. */
export function Checklist({ values, files }: { values: Values; files: readonly Attachment[] }) {
  const rows: [boolean, string][] = [
    [text(values, "title") !== "", "标题"],
    [text(values, "documentType") !== "", "文种"],
    [text(values, "body") !== "" || files.length > 0, "正文或附件"],
    [list(values, "matters").length > 0, "事项（一事一文）"],
  ];
  return (
    <section className="card" aria-label="提交前检查">
      <h2>提交前检查</h2>
      <ul className="checklist">
        {rows.map(([done, label]) => (
          <li key={label} className={done ? "done" : "missing"}>
            {done ? <CheckCircleOutlined aria-hidden /> : <ExclamationCircleOutlined aria-hidden />}
            {label}
            <span className="muted">{done ? "已填写" : "未填写"}</span>
          </li>
        ))}
      </ul>
      <p className="muted">提交时还会按本单位制度逐条核对；不符合的会说明理由和条款，不会送出。</p>
    </section>
  );
}
