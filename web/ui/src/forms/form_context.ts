import { createContext } from "react";

interface FormSurroundings {
  /** Inside a drawer of another record: no further drawers from there. */
  readonly isNested: boolean;
}

export const FormContext = createContext<FormSurroundings>({ isNested: false });
