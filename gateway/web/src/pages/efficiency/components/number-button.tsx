import { Button } from "antd";

interface NumberButtonProps {
  value: number | string | undefined;
  /** What the number counts, for those who do not see its column. */
  label: string;
  open: () => void;
  late?: boolean;
}

/** A number that opens the list behind it; nothing opens behind a zero. */
export function NumberButton({ value, label, open, late = false }: NumberButtonProps) {
  const count = Number(value ?? 0);
  if (count === 0) return <span className="number muted">0</span>;
  return (
    <Button type="link" size="small" className={`number-button number ${late ? "late" : ""}`} aria-label={`${label}${String(count)}件，打开清单`} onClick={open}>
      {count}
    </Button>
  );
}
