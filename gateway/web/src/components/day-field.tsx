import { DatePicker } from "antd";
import dayjs from "dayjs";
import "dayjs/locale/zh-cn";

dayjs.locale("zh-cn");

interface DayFieldProps {
  label: string;
  /** `2026-11-23`, or empty. */
  value: string;
  onChange: (day: string) => void;
  /** The first and the last day that can be chosen. */
  min?: string;
  max?: string;
  clearable?: boolean;
}

/** A day as it is written here, whatever the browser's language: year, month, day. */
export function DayField({ label, value, onChange, min, max, clearable = true }: DayFieldProps) {
  return (
    <DatePicker
      className="wide"
      aria-label={label}
      placeholder={label}
      format="YYYY-MM-DD"
      allowClear={clearable}
      value={value ? dayjs(value) : null}
      minDate={min ? dayjs(min) : undefined}
      maxDate={max ? dayjs(max) : undefined}
      onChange={(chosen) => { onChange(chosen?.format("YYYY-MM-DD") ?? ""); }}
    />
  );
}
