import { Button } from "antd";
import { useState } from "react";
import { type Action, ActionDialog } from "./action-dialog";
import { keptName } from "./kept";

interface ActionBarProps {
  actions: Record<string, Action>;
  /** The thing with which it is done, by its resource name; of a collection its name. What is typed is kept for it. */
  of: string;
  /** Names in the order in which they are offered. */
  offered: readonly string[];
  allowed: readonly string[] | undefined;
  /** The first one is what most people come for. */
  primary?: boolean;
  done?: (name: string) => void;
}

/** Buttons for what the server allows; each opens its dialog. */
export function ActionBar({ actions, of, offered, allowed, primary = false, done }: ActionBarProps) {
  const [open, setOpen] = useState("");
  const names = offered.filter((name) => allowed?.includes(name) && name in actions);
  const action = actions[open];
  return (
    <>
      {names.map((name, at) => (
        <Button key={name} type={primary && at === 0 ? "primary" : "default"} danger={actions[name]?.danger} onClick={() => { setOpen(name); }}>
          {actions[name]?.label}
        </Button>
      ))}
      {action && <ActionDialog action={action} kept={keptName(open, of)} close={() => { setOpen(""); }} done={() => { done?.(open); }} />}
    </>
  );
}
