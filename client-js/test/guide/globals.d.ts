// What prelude.mjs gives to each program of the guide.
declare const url: string;
declare function show(what: unknown): void;
