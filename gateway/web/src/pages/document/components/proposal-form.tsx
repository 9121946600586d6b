import { useQuery } from "@tanstack/react-query";
import { Button, Form } from "antd";
import { answer, api, newKey, once, type Schemas } from "@/api/client";
import { useFocusBack } from "@/components/focus-back";
import { ArticleButton } from "@/components/article";
import type { Field, Values } from "@/components/form/fields";
import { list, text } from "@/components/form/fields";
import { FormFields } from "@/components/form/form-fields";
import { useKeeper } from "@/components/form/kept-form";
import { Answer, RefusalAlert } from "@/components/states";
import { useNext } from "@/components/sign/next";
import { partsOf } from "@/components/sign/service";
import { useChange } from "@/shared/change";
import { fieldFrom, instantFrom } from "@/shared/moments";
import { moment } from "@/shared/time";
import type { Step } from "../route";

type Offered = Schemas["xiaoneng.documents.v1.ProposalForm"];
type Proposal = Schemas["xiaoneng.documents.v1.Proposal"];

const FIELDS: readonly (Field & { sets: string })[] = [
  { sets: "handling_text", name: "handlingText", label: "拟办意见", kind: "area", max: 4000 },
  { sets: "responsible_units", name: "responsibleUnits", label: "承办单位", kind: "units" },
  { sets: "lead_unit", name: "leadUnit", label: "牵头单位", kind: "unit", half: true },
  { sets: "lead_leader", name: "leadLeader", label: "牵头领导", kind: "person", half: true },
  { sets: "lead_unit", name: "leadReason", label: "牵头理由", kind: "text", max: 1000 },
  { sets: "readers", name: "readers", label: "传阅对象", kind: "persons" },
  { sets: "completion_deadline", name: "completionDeadline", label: "办结时限", kind: "moment", half: true },
  { sets: "feedback_deadline", name: "feedbackDeadline", label: "反馈时限", kind: "moment", half: true },
  { sets: "remark", name: "remark", label: "备注", kind: "text", max: 200 },
];

/** Proposes the handling. What is typed is kept on the server while it is typed. */
export function ProposalForm({ step, reading }: { step: Step; reading: boolean }) {
  const path = partsOf(step.name ?? "");
  const form = useQuery({
    queryKey: ["proposal-forms", path.step],
    // Read once per visit: what is typed here is newer than what is kept.
    gcTime: 0,
    staleTime: Infinity,
    refetchOnWindowFocus: false,
    queryFn: () => answer(api.GET("/v1/documents/{document}/steps/{step}/proposalForm", { params: { path } })),
  });
  return <Answer query={form}>{(offered) => <Filled step={step} offered={offered} reading={reading} />}</Answer>;
}

function Filled({ step, offered, reading }: { step: Step; offered: Offered; reading: boolean }) {
  useFocusBack();
  const path = partsOf(step.name ?? "");
  const [form] = Form.useForm<Values>();
  const keep = useKeeper((proposal: Proposal) =>
    answer(api.POST("/v1/documents/{document}/steps/{step}:saveProposal", { params: { path, header: once(newKey()) }, body: { proposal }, keepalive: true })),
  );
  const fields = FIELDS.filter(({ sets }) => step.sets?.includes(sets) ?? true).map((each) => (reading && each.name === "handlingText" ? { ...each, label: "传阅说明" } : each));
  const next = useNext();
  const submit = useChange({
    send: (values: Values, header) =>
      answer(api.POST("/v1/documents/{document}/steps/{step}:submitProposal", { params: { path, header }, body: { proposal: proposalFrom(values) } })),
    touches: ["documents", "todos"],
    says: (sent) => next("已提交拟办", sent),
  });
  return (
    <Form
      form={form}
      name={`proposal-${path.step}`}
      layout="vertical"
      initialValues={valuesFrom(offered)}
      onValuesChange={(_, values) => { keep.later(proposalFrom(values)); }}
      onFinish={(values) => {
        keep.stop();
        submit.mutate(values, { onError: () => { keep.later(proposalFrom(values)); } });
      }}
    >
      <FormFields fields={fields} />
      {offered.feedbackDeadline && (
        <p className="muted">
          未明确办结时限的，按规定于 {moment(offered.feedbackDeadline)} 前反馈 <ArticleButton citation={offered.feedbackCitation} />
        </p>
      )}
      {submit.isError && <RefusalAlert error={submit.error} />}
      <div className="form-acts">
        <Button type="primary" htmlType="submit" loading={submit.isPending}>
          提交拟办
        </Button>
        <span className="muted" role="status">
          {keep.saved}
        </span>
      </div>
    </Form>
  );
}

function valuesFrom({ draft, feedbackDeadline, remark }: Offered): Values {
  return {
    ...draft,
    leadUnit: draft?.leadUnit || undefined,
    leadLeader: draft?.leadLeader || undefined,
    remark: draft?.remark || remark,
    completionDeadline: fieldFrom(draft?.completionDeadline),
    feedbackDeadline: fieldFrom(draft?.feedbackDeadline ?? feedbackDeadline),
  };
}

function proposalFrom(values: Values): Proposal {
  return {
    handlingText: text(values, "handlingText"),
    responsibleUnits: list(values, "responsibleUnits"),
    leadUnit: text(values, "leadUnit"),
    leadReason: text(values, "leadReason"),
    leadLeader: text(values, "leadLeader"),
    readers: list(values, "readers"),
    remark: text(values, "remark"),
    ...(instantFrom(values.completionDeadline) && { completionDeadline: instantFrom(values.completionDeadline) }),
    ...(!instantFrom(values.completionDeadline) && instantFrom(values.feedbackDeadline) && { feedbackDeadline: instantFrom(values.feedbackDeadline) }),
  };
}
