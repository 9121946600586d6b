import { describe, expect, it } from "vitest";
import { addressOf } from "./service";

describe("the page of an item", () => {
  it("is there for everything that services put on the list", () => {
    const of = (item: string, subject = item) => addressOf({ item, subject });
    expect(of("documents/d/steps/s", "documents/d")).toBe("/documents/d?step=s");
    expect(of("documents/d/permits/p", "documents/d")).toBe("/documents/d?part=permits");
    expect(of("arrivals/a")).toBe("/arrivals");
    expect(of("transmissions/t", "documents/d")).toBe("/documents/d?part=transmissions");
    expect(of("serviceMatters/m/handOver", "serviceMatters/m")).toBe("/service-matters");
    expect(of("destructions/d")).toBe("/filing?tab=destructions");
    expect(of("ledgerExports/e")).toBe("/ledgers?exports=open");
  });
  it("is not there for what no page shows", () => {
    expect(addressOf({ item: "else/e", subject: "else/e" })).toBeUndefined();
  });
});
