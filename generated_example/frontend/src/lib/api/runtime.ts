// Copied by fluidkit. Changes to this file are overwritten.
// What generated clients, and pages, import of the runtime.

export type { UrlOptions } from './runtime/address.ts';
export { configure, type Configuration, type FailedRequest } from './runtime/config.ts';
export type { DatesAsText } from './runtime/dates.ts';
export { errors, isError, type ErrorGuard, type StatusOf } from './runtime/declared.ts';
export {
	download,
	type Download,
	type DownloadOptions,
	type Progress
} from './runtime/download.ts';
export {
	ApiError,
	ConnectionError,
	DataError,
	InvalidRequest,
	ServerError,
	type ConnectionFailure,
	type DataFailure,
	type RequestError
} from './runtime/errors.ts';
export {
	events,
	type EventHandlers,
	type EventOptions,
	type EventStream,
	type ServerEvent
} from './runtime/events.ts';
export { json } from './runtime/json.ts';
export type { StreamEnd, StreamOptions, StreamState } from './runtime/life.ts';
export { formOf, headersOf, multipartOf, pathOf, queryOf, url } from './runtime/parameters.ts';
export type { Reconnect } from './runtime/reconnect.ts';
export { records, type RecordOptions, type RecordStream } from './runtime/records.ts';
export type { Parts, RequestOptions } from './runtime/request.ts';
export type { Loop, Stream } from './runtime/kind.ts';
export { text, type TextOptions, type TextStream } from './runtime/text.ts';
export { sendFiles, type UploadOptions } from './runtime/upload.ts';
export {
	fieldErrors,
	type FieldErrors,
	type HTTPValidationError,
	type ValidationError
} from './runtime/validation.ts';
