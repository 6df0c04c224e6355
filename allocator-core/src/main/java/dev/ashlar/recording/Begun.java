package dev.ashlar.recording;

/** A change whose duration is recorded: the caller gets it when the change begins and returns it at the end. */
public interface Begun {}
