import { useQuery } from "@tanstack/react-query";
import { answer, api, idOf, type Schemas } from "@/api/client";

type Person = Schemas["xiaoneng.directory.v1.Person"];
type Unit = Schemas["xiaoneng.directory.v1.Unit"];

const PAGE = 200;
const FOR_A_WHILE = 10 * 60_000;

/** All pages of a list. */
export async function whole<Row>(page: (token: string) => Promise<{ rows: Row[]; next: string }>): Promise<Row[]> {
  const found: Row[] = [];
  let token = "";
  do {
    const { rows, next } = await page(token);
    found.push(...rows);
    token = next;
  } while (token);
  return found;
}

export function usePersons() {
  return useQuery({
    queryKey: ["persons", "list"],
    staleTime: FOR_A_WHILE,
    queryFn: () =>
      whole<Person>(async (pageToken) => {
        const found = await answer(api.GET("/v1/persons", { params: { query: { pageSize: PAGE, pageToken } } }));
        return { rows: found.persons ?? [], next: found.nextPageToken ?? "" };
      }),
  });
}

export function useUnits() {
  return useQuery({
    queryKey: ["units", "list"],
    staleTime: FOR_A_WHILE,
    queryFn: () =>
      whole<Unit>(async (pageToken) => {
        const found = await answer(api.GET("/v1/units", { params: { query: { pageSize: PAGE, pageToken } } }));
        return { rows: found.units ?? [], next: found.nextPageToken ?? "" };
      }),
  });
}

export interface Names {
  person: (id: string | undefined) => string;
  persons: (ids: readonly string[] | undefined) => string;
  unit: (id: string | undefined) => string;
  unitOf: (person: string | undefined) => string;
}

/** What persons and units are called. Somebody who has left is shown by the id, never as nobody. */
export function useNames(): Names {
  const allPersons = usePersons();
  const allUnits = useUnits();
  const persons = new Map(allPersons.data?.map((each) => [idOf(each.name ?? ""), each]));
  const units = new Map(allUnits.data?.map((each) => [idOf(each.name ?? ""), each.displayName ?? ""]));
  // While the names are on their way nothing is shown rather than an id.
  const person = (id: string | undefined) => (id && !allPersons.isPending ? persons.get(idOf(id))?.displayName ?? idOf(id) : "");
  const unit = (id: string | undefined) => (id && !allUnits.isPending ? units.get(idOf(id)) ?? idOf(id) : "");
  return {
    person,
    unit,
    persons: (ids) => (ids ?? []).map(person).join("、"),
    unitOf: (id) => unit(persons.get(idOf(id ?? ""))?.unit),
  };
}
