/** A refusal as the gateway sends it: what people read, and the article that it rests on. */
export interface Violation {
  field: string;
  description: string;
}

export interface Article {
  clause: string;
  article: string;
  quote: string;
  regulation: string;
}

interface Detail {
  "@type"?: string;
  reason?: string;
  message?: string;
  metadata?: Record<string, string>;
  fieldViolations?: { field?: string; description?: string }[];
}

// One rule that finds two fields wrong says the same twice.
const SAID_AGAIN = /^(.+?)(；\1)+$/s;
const OFFLINE_TEXT = "网络不通，暂时无法连接服务器。恢复后请重试，已填写的内容不会丢失。";
const UNREADABLE_TEXT = "服务器没有给出可以理解的回答，请稍后再试。";

/** What a call ends with when it does not succeed. `status` 0: nobody answered. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly reason: string,
    readonly text: string,
    readonly article: Article | null = null,
    readonly violations: readonly Violation[] = [],
    readonly metadata: Readonly<Record<string, string>> = {},
  ) {
    super(`${String(status)} ${reason}`);
  }

  static offline(): Refusal {
    return new Refusal(0, "OFFLINE", OFFLINE_TEXT);
  }

  /** Reads the body of an answer that is no success. */
  static of(status: number, body: unknown): Refusal {
    const details = detailsOf(body);
    const info = ofType(details, "ErrorInfo");
    const text = ofType(details, "LocalizedMessage")?.message ?? "";
    const violations = (ofType(details, "BadRequest")?.fieldViolations ?? []).map((each) => ({
      field: each.field ?? "",
      description: each.description ?? "",
    }));
    const metadata = info?.metadata ?? {};
    return new Refusal(status, info?.reason ?? "UNKNOWN", text || UNREADABLE_TEXT, articleOf(metadata), violations, metadata);
  }

  /** The text ground by ground: each with the article that it brings along. */
  get grounds(): string[] {
    const starts = this.violations.map(({ description }) => (description ? this.text.indexOf(description) : -1));
    const known = [...new Set([0, ...starts.filter((start) => start > 0)])].sort((one, other) => one - other);
    return known.map((start, index) => this.text.slice(start, known[index + 1]).replace(/；$/, "").replace(SAID_AGAIN, "$1"));
  }

  /** Trying the very same again may help. */
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 502;
  }
}

/** Anything that was thrown, as a refusal: what nobody foresaw is said so, too. */
export function refusalOf(thrown: unknown): Refusal {
  return thrown instanceof Refusal ? thrown : new Refusal(500, "UNEXPECTED", "页面出现意外错误，请刷新后重试。");
}

function detailsOf(body: unknown): Detail[] {
  if (typeof body !== "object" || body === null || !("error" in body)) return [];
  const error = body.error;
  if (typeof error !== "object" || error === null || !("details" in error)) return [];
  return Array.isArray(error.details) ? (error.details as Detail[]) : [];
}

function ofType(details: Detail[], name: string): Detail | undefined {
  return details.find((each) => each["@type"]?.endsWith(`.${name}`));
}

function articleOf(metadata: Record<string, string>): Article | null {
  const { clause = "", article = "", quote = "", regulation = "" } = metadata;
  return article ? { clause, article, quote, regulation } : null;
}
