import { useInfiniteQuery } from "@tanstack/react-query";
import { answer, api, type Schemas } from "@/api/client";
import type { Action } from "@/components/form/action-dialog";

export type DeadLetter = Schemas["xiaoneng.kit.v1.DeadLetter"];
export type StuckDeadline = Schemas["xiaoneng.kit.v1.StuckDeadline"];

export const SERVICES = [
  { key: "documents", label: "公文" },
  { key: "directory", label: "组织机构" },
  { key: "notifications", label: "通知" },
] as const;
export type Service = (typeof SERVICES)[number]["key"];

const SOON_MS = 3000;

export function useDeadLetters(service: Service) {
  return useInfiniteQuery({
    queryKey: ["deadLetters", "list", service],
    initialPageParam: "",
    queryFn: ({ pageParam }) => answer(api.GET(`/v1/deadLetters/${service}`, { params: { query: { pageToken: pageParam } } })),
    getNextPageParam: (last) => last.nextPageToken || undefined,
    // What was asked for is on its way: look again until it has left.
    refetchInterval: ({ state }) => (state.data?.pages.some(({ deadLetters }) => deadLetters?.some(({ replayRequestTime }) => replayRequestTime)) ? SOON_MS : false),
  });
}

export function useStuck() {
  return useInfiniteQuery({
    queryKey: ["stuckDeadlines", "list"],
    initialPageParam: "",
    queryFn: ({ pageParam }) => answer(api.GET("/v1/stuckDeadlines", { params: { query: { pageToken: pageParam } } })),
    getNextPageParam: (last) => last.nextPageToken || undefined,
  });
}

/** Handles events again: the named ones, or all of a service. */
export function replay(service: Service, events: readonly string[], label: string): Action {
  return {
    label,
    note: "重新投递后由系统再处理一次，不能撤销；已经处理过的部分不会重复。仍然无法处理的，会重新列在这里。",
    touches: ["deadLetters"],
    fields: [],
    send: (_, header) => answer(api.POST(`/v1/deadLetters/${service}:replay`, { params: { header }, body: { events: [...events] } })),
  };
}

export const RETRY: Action = {
  label: "全部立即重试",
  note: "立即再触发一次，不能撤销；到期时间不变。仍然不能触发的，系统过一段时间自动再试。",
  touches: ["stuckDeadlines", "todos"],
  fields: [],
  send: (_, header) => answer(api.POST("/v1/stuckDeadlines:retry", { params: { header }, body: {} })),
};
