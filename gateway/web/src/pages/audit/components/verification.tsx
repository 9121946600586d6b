import { Alert, Button, Progress } from "antd";
import { useState } from "react";
import { RefusalAlert } from "@/components/states";
import { askService, FAULTS, type Service, type Verdict, verify } from "../service";

/** Reckons the whole chain anew and says whether a record was changed, removed or put elsewhere. */
export function Verification({ service }: { service: Service }) {
  const [verdict, setVerdict] = useState<Verdict | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [running, setRunning] = useState(false);
  const start = () => {
    setRunning(true);
    setError(null);
    setVerdict(null);
    verify(askService(service), setVerdict)
      .catch(setError)
      .finally(() => { setRunning(false); });
  };
  return (
    <section className="card verification" aria-label="完整性核验">
      <div className="page-head">
        <div>
          <h2>完整性核验</h2>
          <p className="muted">每条记录与前一条相连，改动、删除、调换任何一条都会被发现。核验只读取，不改动记录。</p>
        </div>
        <Button type="primary" loading={running} onClick={start}>
          核验全部记录
        </Button>
      </div>
      {running && verdict && <Progress aria-label="核验进度" percent={verdict.sealed ? Math.floor((verdict.verified / verdict.sealed) * 100) : 0} />}
      {error !== null && <RefusalAlert error={error} />}
      {verdict?.complete && <Outcome verdict={verdict} />}
    </section>
  );
}

function Outcome({ verdict: { faults, sealed, unsealed, head } }: { verdict: Verdict }) {
  const waiting = unsealed > 0 ? `，另有${String(unsealed)}条刚刚发生、等待封存` : "";
  if (faults.length === 0) {
    return <Alert role="status" type="success" showIcon title={`记录完好：已封存${String(sealed)}条${waiting}。`} description={head && <span className="number">校验值：{head.slice(0, 16)}…，可与存档的校验值核对。</span>} />;
  }
  return (
    <Alert
      role="alert"
      type="error"
      showIcon
      title={`发现${String(faults.length)}处问题，请立即报告。`}
      description={<ul>{faults.map((fault) => <li key={`${String(fault.position)}/${fault.kind ?? ""}`}>第{fault.position}条：{FAULTS[fault.kind ?? "AUDIT_FAULT_KIND_UNSPECIFIED"]}</li>)}</ul>}
    />
  );
}
