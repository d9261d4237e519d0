package dev.tidepool.internal.exchange;

/** A slot that holds nothing. */
final class Place extends Slot {}
