export * from './inboxes.store.js';
export * from './inboxes.module.js';
export * from './inboxes.service.js';
export { WidgetService } from './widget.service.js';
