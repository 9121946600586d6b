import { answer, api, type Body, type Schemas } from "@/api/client";
import { useChange } from "@/shared/change";
import { useNext } from "./next";

export type Step = Schemas["xiaoneng.documents.v1.Step"];
export type Verdict = Schemas["xiaoneng.documents.v1.Verdict"];
type Completed = Body<"/v1/documents/{document}/steps/{step}:complete">;

/** `documents/{document}/steps/{step}` as the parts of a path. */
export function partsOf(name: string): { document: string; step: string } {
  const [, document = "", , step = ""] = name.split("/");
  return { document, step };
}

/** The step; reading it does not say that its actor has opened it. */
export function readStep(document: string, step: string): Promise<Step> {
  return answer(api.GET("/v1/documents/{document}/steps/{step}", { params: { path: { document, step } } }));
}

export function useCompleteStep(name: string, done: () => void) {
  const next = useNext();
  return useChange({
    send: (body: Completed, header) =>
      answer(api.POST("/v1/documents/{document}/steps/{step}:complete", { params: { path: partsOf(name), header }, body })),
    touches: ["documents", "todos"],
    done,
    says: (step) => next("已提交意见", step),
  });
}
