import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { answer, api, idOf, type Schemas } from "@/api/client";
import { FIELD } from "@/components/form/about";
import type { Action } from "@/components/form/action-dialog";
import { text } from "@/components/form/fields";
import { useChange } from "@/shared/change";

export type Arrival = Schemas["xiaoneng.documents.v1.Arrival"];
export type State = Extract<Schemas["xiaoneng.documents.v1.TransmissionState"], `TRANSMISSION_STATE_${"ARRIVED" | "REGISTERED" | "REFUSED" | "WITHDRAWN"}`>;

export const STATES: Record<State, string> = {
  TRANSMISSION_STATE_ARRIVED: "待签收",
  TRANSMISSION_STATE_REGISTERED: "已签收",
  TRANSMISSION_STATE_REFUSED: "已拒收",
  TRANSMISSION_STATE_WITHDRAWN: "对方已撤回",
};

/** What other offices sent, newest first. */
export function useArrivals(state: State) {
  return useInfiniteQuery({
    queryKey: ["arrivals", "list", state],
    initialPageParam: "",
    queryFn: ({ pageParam }) => answer(api.GET("/v1/arrivals", { params: { query: { state, pageSize: 30, pageToken: pageParam } } })),
    getNextPageParam: (last) => last.nextPageToken || undefined,
  });
}

/** One of them with its body and files. */
export function useArrival(name: string) {
  return useQuery({
    queryKey: ["arrivals", idOf(name)],
    queryFn: () => answer(api.GET("/v1/arrivals/{arrival}", { params: { path: { arrival: idOf(name) } } })),
  });
}

/** `duplicateConfirmed`: the person has looked at the one that looks the same. */
export function useRegister(done: (document: string) => void) {
  return useChange({
    send: ({ name, duplicateConfirmed }: { name: string; duplicateConfirmed: boolean }, header) =>
      answer(api.POST("/v1/arrivals/{arrival}:register", { params: { path: { arrival: idOf(name) }, header }, body: { duplicateConfirmed } })),
    touches: ["arrivals", "documents", "todos"],
    done: (found) => { done(found.name ?? ""); },
  });
}

export function refuse(name: string): Action {
  return {
    label: "拒收",
    note: "对方单位可以看到理由；拒收后不能撤销，对方可以改正后重新发送。",
    danger: true,
    touches: ["arrivals", "todos"],
    fields: [FIELD.reason],
    send: (values, header) => answer(api.POST("/v1/arrivals/{arrival}:refuse", { params: { path: { arrival: idOf(name) }, header }, body: { reason: text(values, "reason") } })),
  };
}
