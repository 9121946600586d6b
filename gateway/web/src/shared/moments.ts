import { instantOf, localOf } from "./time";

/** The value of a `datetime-local` field as an instant in the tenant's zone; undefined for an empty one. */
export function instantFrom(value: unknown): string | undefined {
  if (typeof value !== "string" || !value) return undefined;
  const [day = "", time = "00:00"] = value.split("T");
  return instantOf(day, time.slice(0, 5));
}

/** An instant as the value of a `datetime-local` field. */
export function fieldFrom(instant: string | undefined): string | undefined {
  if (!instant) return undefined;
  const { day, time } = localOf(instant);
  return `${day}T${time}`;
}

export interface DateParts {
  year?: number;
  month?: number;
  day?: number;
}

/** The value of a `date` field as a day of the contract. */
export function dateFrom(value: unknown): DateParts | undefined {
  if (typeof value !== "string" || !value) return undefined;
  const [year, month, day] = value.split("-").map(Number);
  return { year, month, day };
}

/** A day of the contract as the value of a `date` field. */
export function dateField(date: DateParts | undefined): string | undefined {
  if (!date?.year || !date.month || !date.day) return undefined;
  return [String(date.year), String(date.month).padStart(2, "0"), String(date.day).padStart(2, "0")].join("-");
}
