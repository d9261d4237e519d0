package dev.tidepool.internal.inventory;

/**
 * A connect that failed.
 *
 * @param cause why
 * @param at when, in nanoseconds of the runtime's clock
 */
public record ConnectFailure(Throwable cause, long at) {}
