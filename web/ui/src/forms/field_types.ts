import type { FieldType } from "./field_type";

const modules = import.meta.glob<{ readonly fieldType: FieldType }>("./field_types/*.tsx", { eager: true });

function read(): ReadonlyMap<string, FieldType> {
  const found = new Map<string, FieldType>();
  for (const [file, module] of Object.entries(modules)) {
    const name = /([a-z_]+)\.tsx$/.exec(file)?.[1];
    if (module.fieldType.name !== name) throw new Error(`${file} must export the field type "${name}"`);
    found.set(name, module.fieldType);
  }
  return found;
}

/** Every field type by name: one file each in `field_types/`. */
export const FIELD_TYPES: ReadonlyMap<string, FieldType> = read();

/** A type that this page does not know (a newer server) is shown as text. */
export function fieldType(name: string): FieldType {
  const found = FIELD_TYPES.get(name) ?? FIELD_TYPES.get("text");
  if (!found) throw new Error("the field type text is missing");
  return found;
}
