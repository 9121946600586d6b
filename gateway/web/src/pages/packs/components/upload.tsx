import { Alert, Button, Modal } from "antd";
import { useRef, useState } from "react";
import { useNavigate } from "react-router";
import { answer, api, type Schemas } from "@/api/client";
import { useFocusBack } from "@/components/focus-back";
import { RefusalAlert } from "@/components/states";
import { Table } from "@/components/table";
import { to } from "@/paths";
import { useChange } from "@/shared/change";
import { partsOf } from "../service";

type Problem = Schemas["xiaoneng.directory.v1.PackProblem"];

/** Takes a pack file: checks it line by line, then keeps it as a version that is not in force yet. */
export function Upload({ close }: { close: () => void }) {
  useFocusBack();
  const field = useRef<HTMLInputElement>(null);
  const navigate = useNavigate();
  const [file, setFile] = useState<{ name: string; source: string } | null>(null);
  const check = useChange<string, Problem[]>({
    send: async (source) => (await answer(api.POST("/v1/packs:check", { body: { source } }))).problems ?? [],
    touches: [],
  });
  const keep = useChange({
    send: (source: string, header) => answer(api.POST("/v1/packs", { params: { header }, body: { source } })),
    touches: ["packs"],
    done: ({ name }) => {
      const { pack, version } = partsOf(name);
      void navigate(to("pack", { pack, version: String(version) }));
    },
  });
  const choose = (chosen: File | undefined) => {
    if (chosen === undefined) return;
    void chosen.text().then((source) => {
      setFile({ name: chosen.name, source });
      keep.reset();
      check.mutate(source);
    });
  };
  const problems = check.data ?? [];
  return (
    <Modal open title="录入新版本" onCancel={close} footer={null} width={720} destroyOnHidden>
      <p className="muted dialog-note">选择制度文件后逐行检查；录入后不会自动施行，核对条文、差异和对在办事项的影响之后再启用。录入的版本不能删除，只是不启用。</p>
      <input ref={field} type="file" accept=".yaml,.yml" className="visually-hidden" tabIndex={-1} aria-label="选择制度文件" onChange={(event) => { choose(event.target.files?.[0]); event.target.value = ""; }} />
      <div className="form-acts">
        <Button onClick={() => { field.current?.click(); }} loading={check.isPending}>选择文件</Button>
        {file && <span className="file-name">{file.name}</span>}
      </div>
      {check.isSuccess && problems.length === 0 && <Alert role="status" type="success" showIcon title="检查无误，可以录入。" />}
      {problems.length > 0 && (
        <>
          <Alert role="alert" type="error" showIcon title={`有${String(problems.length)}处需要改正。`} />
          <Table
            caption="需要改正之处"
            rows={problems}
            keyOf={(_, at) => String(at)}
            columns={[
              { head: "行", number: true, cell: ({ line }) => `第${String(line ?? 0)}行` },
              { head: "问题", cell: ({ what }) => <code>{what}</code> },
              { head: "改法", cell: ({ mend }) => <code>{mend}</code> },
            ]}
          />
        </>
      )}
      {check.isError && <RefusalAlert error={check.error} />}
      {keep.isError && <RefusalAlert error={keep.error} />}
      <div className="form-acts end">
        <Button onClick={close}>取消</Button>
        <Button type="primary" disabled={!file || !check.isSuccess || problems.length > 0} loading={keep.isPending} onClick={() => { if (file) keep.mutate(file.source); }}>
          确定录入
        </Button>
      </div>
    </Modal>
  );
}
