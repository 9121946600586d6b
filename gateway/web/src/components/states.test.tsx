import type { UseQueryResult } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { Answer } from "./states";

const shown = (query: object) => render(<Answer query={query as UseQueryResult<string>}>{(data) => <p>{data}</p>}</Answer>);

it("says that there is no net where a read waits for it", () => {
  shown({ isPending: true, fetchStatus: "paused" });
  expect(screen.getByRole("alert").textContent).toContain("网络不通");
});

it("does not show what was found before as the answer to another question", () => {
  shown({ isPending: false, isPlaceholderData: true, fetchStatus: "paused", data: "before" });
  expect(screen.queryByText("before")).toBeNull();
});

it("goes on showing what was read when the net is gone", () => {
  shown({ isPending: false, isPlaceholderData: false, fetchStatus: "paused", data: "read" });
  expect(screen.getByText("read")).toBeDefined();
});
