// Loaded with the boxes.

export const column_boxes = { usual: 'Usual columns' } as const
