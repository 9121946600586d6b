/** Times as people here read them: in the tenant's zone, with the weekday, on 24 hours. */
const DEFAULT_ZONE = "Asia/Shanghai";
const WEEKDAYS: Record<string, string> = { Mon: "周一", Tue: "周二", Wed: "周三", Thu: "周四", Fri: "周五", Sat: "周六", Sun: "周日" };

let zone = DEFAULT_ZONE;
const formats = new Map<string, Intl.DateTimeFormat>();

export function setZone(name: string): void {
  zone = name || DEFAULT_ZONE;
}

interface Parts {
  year: string;
  month: string;
  day: string;
  hour: string;
  minute: string;
  weekday: string;
}

function format(): Intl.DateTimeFormat {
  let found = formats.get(zone);
  if (found === undefined) {
    found = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
      weekday: "short",
    });
    formats.set(zone, found);
  }
  return found;
}

function partsOf(instant: Date): Parts {
  const found = Object.fromEntries(format().formatToParts(instant).map((each) => [each.type, each.value]));
  const { year = "", month = "", day = "", hour = "", minute = "", weekday = "" } = found;
  return { year, month, day, hour, minute, weekday: WEEKDAYS[weekday] ?? "" };
}

/** `11月23日 周一 17:30`, with the year where it is another one than now. */
export function moment(instant: string | undefined, now: Date = new Date()): string {
  if (!instant) return "";
  const at = partsOf(new Date(instant));
  const year = at.year === partsOf(now).year ? "" : `${at.year}年`;
  return `${year}${at.month}月${at.day}日 ${at.weekday} ${at.hour}:${at.minute}`;
}

/** `2026年11月23日 周一 17:30`: for what is printed and read years later. */
export function fullMoment(instant: string | undefined): string {
  if (!instant) return "";
  const at = partsOf(new Date(instant));
  return `${at.year}年${at.month}月${at.day}日 ${at.weekday} ${at.hour}:${at.minute}`;
}

/** `2026年11月23日 周一`. */
export function day(instant: string | undefined): string {
  if (!instant) return "";
  const at = partsOf(new Date(instant));
  return `${at.year}年${at.month}月${at.day}日 ${at.weekday}`;
}

export interface CalendarDate {
  year?: number;
  month?: number;
  day?: number;
}

/** A day of the contract: `2026年11月23日`; its parts that are missing are left out. */
export function date(given: CalendarDate | undefined): string {
  if (!given?.year) return "";
  return `${String(given.year)}年${given.month ? `${String(given.month)}月` : ""}${given.day ? `${String(given.day)}日` : ""}`;
}

/** A day of the contract with its weekday: `2026年11月23日 周一`. */
export function weekdayDate(given: CalendarDate | undefined): string {
  if (!given?.year || !given.month || !given.day) return date(given);
  return `${date(given)} 周${"日一二三四五六".charAt(new Date(Date.UTC(given.year, given.month - 1, given.day)).getUTCDay())}`;
}

/** The instant at which a wall clock of the zone shows `day` (`2026-11-23`) and `time` (`17:30`), as ISO 8601. */
export function instantOf(localDay: string, localTime: string): string {
  const guess = new Date(`${localDay}T${localTime}:00Z`);
  const shown = partsOf(guess);
  const asUtc = Date.UTC(Number(shown.year), Number(shown.month) - 1, Number(shown.day), Number(shown.hour), Number(shown.minute));
  return new Date(guess.getTime() - (asUtc - guess.getTime())).toISOString();
}

/** What a wall clock of the zone shows: day `2026-11-23` and time `17:30`. */
export function localOf(instant: string): { day: string; time: string } {
  const at = partsOf(new Date(instant));
  return { day: `${at.year}-${at.month.padStart(2, "0")}-${at.day.padStart(2, "0")}`, time: `${at.hour}:${at.minute}` };
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A span of clock time in its two largest units: `2天3小时`, `45分钟`. For office time the server's words are shown. */
export function span(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < MINUTE) return "不到1分钟";
  if (whole < HOUR) return `${String(Math.floor(whole / MINUTE))}分钟`;
  if (whole < DAY) return twoParts(whole, HOUR, "小时", MINUTE, "分钟");
  return twoParts(whole, DAY, "天", HOUR, "小时");
}

function twoParts(seconds: number, large: number, largeName: string, small: number, smallName: string): string {
  const rest = Math.floor((seconds % large) / small);
  return `${String(Math.floor(seconds / large))}${largeName}${rest ? `${String(rest)}${smallName}` : ""}`;
}

/** Seconds from one instant to another. */
export function between(from: string, until: string): number {
  return (new Date(until).getTime() - new Date(from).getTime()) / 1000;
}
