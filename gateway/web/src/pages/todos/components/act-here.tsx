import { useQuery } from "@tanstack/react-query";
import { Navigate } from "react-router";
import { Answer } from "@/components/states";
import { SignForm } from "@/components/sign/sign-form";
import { readStep } from "@/components/sign/service";
import { addressOf, type Todo } from "../service";

// What such a step needs besides an opinion is on the page of the document.
const BY_OPINION = new Set(["sign", "verify", "review", "approve", "countersign", "read", "decide"]);

/** Acts on a step without leaving the list where an opinion is all that it needs; else the document opens. */
export default function ActHere({ todo, done }: { todo: Todo; done: () => void }) {
  const [, document = "", , step = ""] = (todo.item ?? "").split("/");
  const query = useQuery({ queryKey: ["documents", document, "step", step], queryFn: () => readStep(document, step) });
  return (
    <Answer query={query} rows={2}>
      {(found) =>
        found.allowedActions?.includes("CompleteStep") && (BY_OPINION.has(found.act ?? "") || !found.sets?.length) ? (
          <SignForm step={found} done={done} />
        ) : (
          <Navigate to={addressOf(todo) ?? ""} />
        )
      }
    </Answer>
  );
}
