import { useNames } from "@/shared/names";
import { useVocabulary } from "@/shared/vocabulary";
import { CREATE_POST, postActions } from "../person-actions";
import { type Post, usePosts } from "../service";
import { isOver, Part } from "./part";
import { Period } from "./period";

/** Who holds which post, from when until when. */
export function Posts({ ended }: { ended: boolean }) {
  const names = useNames();
  const { word } = useVocabulary();
  return (
    <Part<Post>
      query={usePosts(ended)}
      caption="职务"
      empty="还没有职务。制度按职务确定由谁办理。"
      create={CREATE_POST}
      needs="directory:post:create"
      rights={{ transfer: "directory:post:transfer", end: "directory:post:end" }}
      actionsOf={postActions}
      over={({ validUntilTime }) => isOver(validUntilTime)}
      columns={[
        { head: "人员", cell: ({ person }) => names.person(person) },
        { head: "科室", cell: ({ unit }) => names.unit(unit) },
        { head: "职务", cell: ({ title, kind }) => title || word("post", kind) },
        { head: "类别", cell: ({ kind }) => word("post", kind) },
        { head: "期间", cell: ({ validFromTime, validUntilTime }) => <Period from={validFromTime} until={validUntilTime} /> },
      ]}
    />
  );
}
