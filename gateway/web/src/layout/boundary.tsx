import { Component, type ReactNode } from "react";
import { refusalOf } from "@/api/refusal";
import { RefusedView } from "@/components/states";

interface State {
  failed: unknown;
}

/** Catches what a page throws, so that navigation stays. A part that could not be loaded (a new release) is loaded by reading the page again. */
export class Boundary extends Component<{ children: ReactNode }, State> {
  override state: State = { failed: null };

  static getDerivedStateFromError(failed: unknown): State {
    return { failed };
  }

  override render(): ReactNode {
    if (this.state.failed === null) return this.props.children;
    return (
      <RefusedView
        refusal={refusalOf(this.state.failed)}
        retry={() => {
          location.reload();
        }}
      />
    );
  }
}
