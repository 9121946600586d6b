import { useState } from "react";
import type { Refusal } from "@/api/refusal";
import { type Declared, fieldOf } from "./declared";
import type { Values } from "./fields";
import { FormFields } from "./form-fields";

interface DeclaredFieldsProps {
  declared: readonly Declared[];
  /** What the form began with. */
  before: Values;
  /** What it was refused with. */
  refused?: Refusal;
}

const FEW = 6;

/** What the packs of the office want stated. Many of them concern few documents, so they are folded until one is needed. */
export function DeclaredFields({ declared, before, refused }: DeclaredFieldsProps) {
  const names = declared.map(({ name = "" }) => `fields.${name}`);
  const needed = declared.length <= FEW || names.some((name) => before[name] !== undefined);
  const asked = refused?.violations.some(({ field }) => names.includes(field)) ?? false;
  const [open, setOpen] = useState<boolean | undefined>(undefined);
  if (declared.length === 0) return null;
  return (
    // Its fields stay in the form while it is folded.
    <details className="declared" open={asked || (open ?? needed)} onToggle={(event) => { setOpen(event.currentTarget.open); }}>
      <summary>本单位制度要求载明的事项（{declared.length}项，按需填写）</summary>
      <FormFields fields={declared.map(fieldOf)} errors={refused?.violations} />
    </details>
  );
}
