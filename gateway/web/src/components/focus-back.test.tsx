import { act, render, screen } from "@testing-library/react";
import { useState } from "react";
import { expect, it, vi } from "vitest";
import { useFocusBack } from "./focus-back";

function Dialog({ close }: { close: () => void }) {
  useFocusBack();
  return <button type="button" onClick={close}>关闭</button>;
}

function Page({ leave = false }: { leave?: boolean }) {
  const [open, setOpen] = useState(false);
  const [gone, setGone] = useState(false);
  return (
    <main id="content" tabIndex={-1}>
      {!gone && <button type="button" onClick={() => { setOpen(true); }}>退回</button>}
      {open && <Dialog close={() => { setOpen(false); setGone(leave); }} />}
    </main>
  );
}

function openAndClose() {
  vi.useFakeTimers();
  const opener = screen.getByText("退回");
  opener.focus();
  act(() => { opener.click(); });
  const close = screen.getByText("关闭");
  close.focus();
  act(() => { close.click(); });
  act(() => { vi.runAllTimers(); });
  vi.useRealTimers();
  return opener;
}

it("puts the focus back onto what opened the dialog", () => {
  render(<Page />);
  const opener = openAndClose();
  expect(document.activeElement).toBe(opener);
});

it("puts it onto the page where that is gone", () => {
  render(<Page leave />);
  openAndClose();
  expect(document.activeElement?.id).toBe("content");
});
