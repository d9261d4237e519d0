package dev.tidepool.examples.boot;

/** An account and what is on it. */
public record Account(String name, long cents) {}
