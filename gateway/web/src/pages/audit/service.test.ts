import { expect, it } from "vitest";
import { verify, type Verdict } from "./service";

it("asks until the end and gathers what is wrong", async () => {
  const asked: number[] = [];
  const told: Verdict[] = [];
  const verdict = await verify(
    (after) => {
      asked.push(after);
      return Promise.resolve(
        after === 0
          ? { verifiedPosition: "5000", sealedPosition: "5002", complete: false, faults: [{ kind: "AUDIT_FAULT_KIND_CHANGED" as const, position: "7", record: "r" }] }
          : { verifiedPosition: "5002", sealedPosition: "5002", complete: true, unsealedCount: 3, head: "ab", faults: [] },
      );
    },
    (each) => told.push(each),
  );
  expect(asked).toEqual([0, 5000]);
  expect(told.map(({ verified, complete }) => [verified, complete])).toEqual([[5000, false], [5002, true]]);
  expect(verdict).toMatchObject({ sealed: 5002, unsealed: 3, head: "ab", complete: true });
  expect(verdict.faults).toHaveLength(1);
});

it("ends where a stretch leads nowhere", async () => {
  const verdict = await verify(() => Promise.resolve({ verifiedPosition: "0", complete: false }), () => undefined);
  expect(verdict.complete).toBe(true);
});
