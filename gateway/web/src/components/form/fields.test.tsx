import { fireEvent, render, screen, waitFor } from "@testing-library/react";
import { Button, Form, Input, Select } from "antd";
import { expect, it, vi } from "vitest";
import { type Field, rulesOf, type Values } from "./fields";

const UNITS: Field = { name: "units", label: "参与单位", kind: "units", required: true };
const TEXT: Field = { name: "text", label: "分工", kind: "area", required: true };

function shown(values: Values) {
  const sent = vi.fn();
  render(
    <Form initialValues={values} onFinish={sent}>
      <Form.Item name="units" rules={rulesOf(UNITS)}>
        <Select mode="multiple" />
      </Form.Item>
      <Form.Item name="text" rules={rulesOf(TEXT)}>
        <Input />
      </Form.Item>
      <Button htmlType="submit">send</Button>
    </Form>,
  );
  fireEvent.click(screen.getByRole("button"));
  return sent;
}

// Ant Design takes its time on a busy machine.
const PATIENCE = { timeout: 30_000 };

it("takes a list of several", PATIENCE, async () => {
  const sent = shown({ units: ["river", "flood"], text: "分工" });
  await waitFor(() => { expect(sent).toHaveBeenCalledWith({ units: ["river", "flood"], text: "分工" }); }, PATIENCE);
});

it("asks for an empty list and for a text of blanks", PATIENCE, async () => {
  const sent = shown({ units: [], text: "  " });
  expect(await screen.findByText("请填写参与单位", {}, PATIENCE)).toBeDefined();
  expect(await screen.findByText("请填写分工", {}, PATIENCE)).toBeDefined();
  expect(sent).not.toHaveBeenCalled();
});
