import { Suspense } from "react";
import { Navigate, Route, Routes } from "react-router";
import { Loading } from "@/components/states";
import { PAGES } from "@/routes";
import { to } from "@/paths";
import { Boundary } from "./boundary";
import { Frame } from "./frame";
import { NotFound } from "./not-found";

/** All pages by their addresses; each brings its own script when it is opened. */
export function Pages() {
  return (
    <Routes>
      <Route path="/" element={<Navigate to={to("todos")} replace />} />
      {PAGES.map(({ path, Component, bare }) => {
        const page = (
          <Boundary key={path}>
            <Suspense fallback={<Loading />}>
              <Component />
            </Suspense>
          </Boundary>
        );
        return <Route key={path} path={path} element={bare ? page : <Frame>{page}</Frame>} />;
      })}
      <Route path="*" element={<Frame><NotFound /></Frame>} />
    </Routes>
  );
}
