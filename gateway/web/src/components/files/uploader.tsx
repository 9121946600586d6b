import CloseOutlined from "@ant-design/icons/CloseOutlined";
import { Button, Progress } from "antd";
import { type RefObject, useEffect, useEffectEvent, useId, useRef, useState } from "react";
import { answer, api, idOf, newKey, once } from "@/api/client";
import { type Refusal, refusalOf } from "@/api/refusal";
import { type Attachment, size, upload } from "./upload";

interface Item {
  key: string;
  name: string;
  size: number;
  share: number;
  done: Attachment | null;
  refusal: Refusal | null;
}

interface UploaderProps {
  /** Files that are there already. */
  value: readonly Attachment[];
  onChange: (files: Attachment[]) => void;
  /** Document that takes them at once: `documents/…`; empty: it is named when it is made. */
  document?: string;
  label?: string;
}

/** Takes files by drag and drop or by choosing; each shows how far it is. */
export function Uploader({ value, onChange, document = "", label = "附件" }: UploaderProps) {
  const [items, setItems] = useState<Item[]>([]);
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const stop = useRef(new AbortController());
  const files = useRef(value);
  const id = useId();
  useEffect(() => {
    files.current = value;
  }, [value]);
  useEffect(() => {
    const controller = new AbortController();
    stop.current = controller;
    return () => {
      controller.abort();
    };
  }, []);

  const update = (key: string, part: Partial<Item>) => {
    setItems((all) => all.map((each) => (each.key === key ? { ...each, ...part } : each)));
  };
  const take = (chosen: FileList | null) => {
    for (const file of Array.from(chosen ?? [])) {
      const key = newKey();
      setItems((all) => [...all, { key, name: file.name, size: file.size, share: 0, done: null, refusal: null }]);
      upload(file, document, (share) => { update(key, { share }); }, stop.current.signal).then(
        (done) => {
          setItems((all) => all.filter((each) => each.key !== key));
          files.current = [...files.current, done];
          onChange([...files.current]);
        },
        (failed: unknown) => { update(key, { refusal: refusalOf(failed) }); },
      );
    }
  };
  const remove = (gone: Attachment) => {
    onChange(value.filter(({ name }) => name !== gone.name));
    // What no document holds is swept within a day anyway.
    answer(api.POST("/v1/attachments/{attachment}:remove", { params: { path: { attachment: idOf(gone.name ?? "") }, header: once(newKey()) }, body: {} })).catch(() => undefined);
  };
  const place = useDropPlace(setOver, take);
  return (
    <div className="uploader">
      <div
        role="group"
        aria-label={label}
        className={`drop ${over ? "over" : ""}`}
        ref={place}
      >
        <label htmlFor={id}>{label}</label>
        <input
          id={id}
          ref={input}
          type="file"
          multiple
          className="visually-hidden"
          onChange={(event) => {
            take(event.target.files);
            event.target.value = "";
          }}
        />
        <Button onClick={() => input.current?.click()} tabIndex={-1} aria-hidden>
          选择文件
        </Button>
        <span className="muted">可将文件拖到此处，可多选</span>
      </div>
      <ul className="files" aria-live="polite">
        {value.map((file) => (
          <li key={file.name}>
            <span className="file-name">{file.fileName}</span>
            <span className="muted">{size(file.size)}</span>
            <Button type="text" size="small" icon={<CloseOutlined />} aria-label={`移除${file.fileName ?? ""}`} onClick={() => { remove(file); }} />
          </li>
        ))}
        {items.map((item) => (
          <li key={item.key}>
            <span className="file-name">{item.name}</span>
            {item.refusal ? (
              <>
                <span className="field-error">{item.refusal.text}</span>
                <Button type="text" size="small" icon={<CloseOutlined />} aria-label={`移除${item.name}`} onClick={() => { setItems((all) => all.filter(({ key }) => key !== item.key)); }} />
              </>
            ) : (
              <Progress percent={Math.round(item.share * 100)} size="small" aria-label={`${item.name}上传进度`} />
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Lets files be dropped on an element; the keyboard has the button beside it. */
function useDropPlace(over: (is: boolean) => void, take: (files: FileList | null) => void): RefObject<HTMLDivElement | null> {
  const place = useRef<HTMLDivElement>(null);
  const dropped = useEffectEvent((event: DragEvent) => {
    event.preventDefault();
    over(false);
    take(event.dataTransfer?.files ?? null);
  });
  const above = useEffectEvent((event: DragEvent) => {
    event.preventDefault();
    over(true);
  });
  const left = useEffectEvent(() => {
    over(false);
  });
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const listeners = { drop: (event: DragEvent) => { dropped(event); }, dragover: (event: DragEvent) => { above(event); }, dragleave: () => { left(); } };
    for (const [name, listener] of Object.entries(listeners)) element.addEventListener(name, listener as EventListener);
    return () => {
      for (const [name, listener] of Object.entries(listeners)) element.removeEventListener(name, listener as EventListener);
    };
  }, []);
  return place;
}
