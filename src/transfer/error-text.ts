/** What an error says, or a text that stands for one. */
export const errorText = (error: unknown): string => (error instanceof Error ? error.message : String(error))
