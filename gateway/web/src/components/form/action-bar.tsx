import { Button } from "antd";
import { useState } from "react";
import { type Action, ActionDialog } from "./action-dialog";

interface ActionBarProps {
  actions: Record<string, Action>;
  /** Names in the order in which they are offered. */
  offered: readonly string[];
  allowed: readonly string[] | undefined;
  /** The first one is what most people come for. */
  primary?: boolean;
  done?: (name: string) => void;
}

/** Buttons for what the server allows; each opens its dialog. */
export function ActionBar({ actions, offered, allowed, primary = false, done }: ActionBarProps) {
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
      {action && <ActionDialog action={action} close={() => { setOpen(""); }} done={() => { done?.(open); }} />}
    </>
  );
}
