import { Button, Popconfirm } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import { answer, api } from "@/api/client";
import { type Action, ActionDialog } from "@/components/form/action-dialog";
import { text } from "@/components/form/fields";
import { RefusalAlert } from "@/components/states";
import { to } from "@/paths";
import { type LedgerFilter, searchOf } from "@/shared/ledger";
import { useDeleteView, useSavedViews } from "../service";

/** The filters that I keep: one tap brings back what they show. */
export function SavedViews({ filter }: { filter: LedgerFilter }) {
  const views = useSavedViews().data ?? [];
  const remove = useDeleteView();
  const [open, setOpen] = useState(false);
  const now = searchOf(filter).toString();
  const keep: Action = {
    label: "保存视图",
    note: "保存当前的筛选条件、排序和列，只有自己看得到；同名的视图会被替换，可以随时删除。",
    fields: [{ name: "displayName", label: "名称", kind: "text", required: true, max: 50 }],
    touches: ["ledgerViews"],
    send: (values, header) => answer(api.POST("/v1/ledgerViews", { params: { header }, body: { displayName: text(values, "displayName"), filter } })),
  };
  return (
    <div className="saved-views" role="group" aria-label="我的视图">
      {views.map((view) => {
        const address = searchOf(view.filter ?? {}).toString();
        return (
          <span key={view.name} className={`saved-view ${address === now ? "chosen" : ""}`}>
            <Link to={`${to("ledgers")}?${address}`} aria-current={address === now ? "true" : undefined}>
              {view.displayName}
            </Link>
            <Popconfirm title={`删除视图“${view.displayName ?? ""}”？`} description="删除后不能恢复，可以重新保存。" okText="删除" cancelText="取消" onConfirm={() => { remove.mutate(view); }}>
              <Button type="text" size="small" aria-label={`删除视图${view.displayName ?? ""}`}>
                ×
              </Button>
            </Popconfirm>
          </span>
        );
      })}
      <Button size="small" onClick={() => { setOpen(true); }}>
        保存为视图
      </Button>
      {remove.isError && <RefusalAlert error={remove.error} />}
      {open && <ActionDialog action={keep} kept="save-view" close={() => { setOpen(false); }} />}
    </div>
  );
}
