import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { type Check, type DefinitionState, definitionKey, definitions, type Place } from "../lib/definitions";
import { isObject, type JsonObject } from "../lib/json";
import { asProblem, isProblem, type Problem, type Violation } from "../lib/problem";
import { useDelayed } from "./use_delayed";

const CHECK_DELAY_MS = 400;

export interface DefinitionDraft {
  readonly document: JsonObject;
  /** What the server was last known to keep. */
  readonly known: DefinitionState;
  readonly change: (document: JsonObject) => void;
  /** Differs from what the server keeps. */
  readonly isUnsaved: boolean;
  /** Differs from what is in force. */
  readonly isUnpublished: boolean;
  readonly violations: readonly Violation[];
  readonly isChecking: boolean;
  /** What somebody else saved or published while this was being edited. */
  readonly theirs: DefinitionState | null;
  readonly refusal: Problem | null;
  readonly isWorking: boolean;
  readonly save: () => Promise<boolean>;
  readonly publish: () => Promise<DefinitionState | null>;
  readonly discard: () => Promise<void>;
  readonly takeTheirs: () => void;
  readonly keepMine: () => void;
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** A definition being edited: checked while one changes it, saved as a draft, never over another's work unseen. */
export function useDefinitionDraft(place: Place, state: DefinitionState): DefinitionDraft {
  const queryClient = useQueryClient();
  const [known, setKnown] = useState(state);
  const [document, setDocument] = useState<JsonObject>(state.draft ?? state.document ?? {});
  const [theirs, setTheirs] = useState<DefinitionState | null>(null);
  const [refusal, setRefusal] = useState<Problem | null>(null);
  const settled = useDelayed(document, CHECK_DELAY_MS);
  const check = useQuery({
    queryKey: [...definitionKey(place), "check", settled],
    queryFn: ({ signal }) => definitions.check(place, settled, signal),
    placeholderData: keepPreviousData,
    staleTime: 0,
    gcTime: 0,
  });
  const stored = known.draft ?? known.document;

  const refused = (error: unknown): void => {
    const problem = asProblem(error);
    const current = problem.body.current;
    if (isProblem(problem, 412) && isObject(current)) setTheirs(current as unknown as DefinitionState);
    else setRefusal(problem);
  };
  const follow = (next: DefinitionState): void => {
    setKnown(next);
    // Another page over the same definition starts from here, not from what this one once read.
    queryClient.setQueryData([...definitionKey(place), "state"], next);
    setRefusal(null);
    setTheirs(null);
  };
  const saved = (answer: Check): void => follow({ ...known, draft: document, tag: answer.tag });
  const saving = useMutation({
    mutationFn: () => definitions.save(place, document, known.tag),
    meta: { handlesProblem: true },
  });
  const publishing = useMutation({
    mutationFn: (tag: string) => definitions.publish(place, tag),
    meta: { handlesProblem: true },
  });
  const save = async (): Promise<string | null> => {
    try {
      const answer = await saving.mutateAsync();
      saved(answer);
      return answer.tag;
    } catch (error) {
      refused(error);
      return null;
    }
  };
  const publish = async (): Promise<DefinitionState | null> => {
    const tag = known.draft && same(document, known.draft) ? known.tag : await save();
    if (tag === null) return null;
    try {
      const published = await publishing.mutateAsync(tag);
      follow(published);
      // The rights, menus and forms of everybody may have changed.
      await queryClient.invalidateQueries({
        predicate: ({ queryKey }) => !same(queryKey, [...definitionKey(place), "state"]),
      });
      return published;
    } catch (error) {
      refused(error);
      return null;
    }
  };
  return {
    document,
    known,
    change: setDocument,
    isUnsaved: !same(document, stored),
    isUnpublished: !same(document, known.document),
    violations: check.data?.violations ?? [],
    isChecking: check.isFetching || settled !== document,
    theirs,
    refusal,
    isWorking: saving.isPending || publishing.isPending,
    save: async () => (await save()) !== null,
    publish,
    discard: async () => {
      await definitions.discard(place);
      const fresh = await queryClient.fetchQuery({
        queryKey: [...definitionKey(place), "fresh"],
        queryFn: () => definitions.read(place),
        staleTime: 0,
      });
      follow(fresh);
      setDocument(fresh.document ?? {});
    },
    takeTheirs: () => {
      if (!theirs) return;
      setDocument(theirs.draft ?? theirs.document ?? {});
      follow(theirs);
    },
    keepMine: () => {
      if (theirs) follow(theirs);
    },
  };
}
