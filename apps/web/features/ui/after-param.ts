export interface ListParams {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** The cursor in the address of a list, undefined on its first page. */
export async function afterOf({ searchParams }: ListParams): Promise<string | undefined> {
  const { after } = await searchParams;
  return typeof after === 'string' ? after : undefined;
}
