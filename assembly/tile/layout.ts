/** The first byte that belongs to nobody. */
export const heap: usize = __heap_base;
