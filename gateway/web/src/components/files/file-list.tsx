import { Tag } from "antd";
import { type Attachment, size } from "./upload";

const SCANS: Partial<Record<NonNullable<Attachment["scanState"]>, string>> = {
  SCAN_STATE_UNSCANNED: "待查毒",
  SCAN_STATE_INFECTED: "含病毒，不能打开",
};

/** The files of a document, to be saved. */
export function FileList({ files }: { files: readonly Attachment[] }) {
  return (
    <ul className="files">
      {files.map(({ name = "", fileName = "", size: bytes, scanState }) => (
        <li key={name}>
          {scanState === "SCAN_STATE_INFECTED" ? <span className="file-name">{fileName}</span> : <a className="file-name" href={`/v1/${name}:download`} download={fileName}>{fileName}</a>}
          <span className="muted">{size(bytes)}</span>
          {scanState && SCANS[scanState] && <Tag color={scanState === "SCAN_STATE_INFECTED" ? "red" : "default"}>{SCANS[scanState]}</Tag>}
        </li>
      ))}
    </ul>
  );
}
