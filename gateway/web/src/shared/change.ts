import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App } from "antd";
import { useRef } from "react";
import { newKey, once } from "@/api/client";

interface Change<Input, Result> {
  /** Sends it; `headers` make it happen once, however often this person presses the button. */
  send: (input: Input, headers: { "Idempotency-Key": string }) => Promise<Result>;
  /** Collections that are read again afterwards. */
  touches: readonly string[];
  done?: (result: Result, input: Input) => void;
  /** What the person is told afterwards: what was done, perhaps who is next. */
  says?: (result: Result, input: Input) => Promise<string> | string;
}

const SHOWN_SECONDS = 6;

/**
 * A change that a person makes. The key stays the same until it has succeeded or something else is sent, so that a repeated
 * press after a lost answer brings the first answer again. Show `error` with `RefusalAlert`.
 */
export function useChange<Input, Result>({ send, touches, done, says }: Change<Input, Result>) {
  const client = useQueryClient();
  const { message } = App.useApp();
  const attempt = useRef<{ key: string; input: string } | null>(null);
  return useMutation<Result, Error, Input>({
    mutationFn: (input) => {
      const said = JSON.stringify(input) ?? "";
      if (attempt.current?.input !== said) attempt.current = { key: newKey(), input: said };
      return send(input, once(attempt.current.key));
    },
    onSuccess: async (result, input) => {
      attempt.current = null;
      done?.(result, input);
      if (says) Promise.resolve(says(result, input)).then((text) => message.success(text, SHOWN_SECONDS)).catch(() => undefined);
      await Promise.all(touches.map((collection) => client.invalidateQueries({ queryKey: [collection] })));
    },
  });
}
