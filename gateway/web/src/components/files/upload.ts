import { headersFor, newKey, once, type Schemas } from "@/api/client";
import { Refusal } from "@/api/refusal";

export type Attachment = Schemas["xiaoneng.documents.v1.Attachment"];

/** Sends a file in pieces and tells how far it is, from 0 to 1. `fetch` cannot tell, so it goes the older way. */
export function upload(file: File, document: string, progress: (share: number) => void, signal: AbortSignal): Promise<Attachment> {
  return new Promise((resolve, reject) => {
    const query = new URLSearchParams({ fileName: file.name, ...(document && { document }) });
    const request = new XMLHttpRequest();
    request.open("POST", `/v1/attachments:upload?${query.toString()}`);
    const headers = { ...headersFor("POST"), ...once(newKey()), "content-type": file.type || "application/octet-stream" };
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.responseType = "json";
    request.upload.onprogress = ({ loaded, total }) => {
      progress(total ? loaded / total : 0);
    };
    request.onerror = () => {
      reject(Refusal.offline());
    };
    request.onload = () => {
      if (request.status === 200) resolve(request.response as Attachment);
      else reject(Refusal.of(request.status, request.response));
    };
    signal.addEventListener("abort", () => {
      request.abort();
    });
    request.send(file);
  });
}

const STEP = 1024;

/** `3.4 MB`. */
export function size(bytes: number | string | undefined): string {
  const count = Number(bytes ?? 0);
  if (count < STEP) return `${String(count)} B`;
  if (count < STEP * STEP) return `${(count / STEP).toFixed(0)} KB`;
  return `${(count / STEP / STEP).toFixed(1)} MB`;
}
