package io.openledger.serving.capi;

import com.sun.jna.Function;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.PointerByReference;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One loaded ONNX Runtime, its environment, and its functions. Safe for any thread; what it makes
 * belongs to one thread at a time.
 */
public final class Api implements AutoCloseable {

  private static final int LOG_ERRORS = 3;
  private static final int MOST_PROVIDERS = 64;

  private final NativeLibrary library;
  private final Map<Entry, Function> functions = new EnumMap<>(Entry.class);
  private final String version;
  private final Handle environment;

  private Api(NativeLibrary library) {
    this.library = library;
    Pointer base = library.getFunction("OrtGetApiBase").invokePointer(new Object[0]);
    // struct OrtApiBase { const OrtApi* (*GetApi)(uint32_t); const char* (*GetVersionString)(); }
    Pointer told = function(base, 1).invokePointer(new Object[0]);
    version = told.getString(0, StandardCharsets.US_ASCII.name());
    Pointer table = function(base, 0).invokePointer(new Object[] {Entry.VERSION});
    if (table == null) {
      throw new OrtFailure(
          0, "ONNX Runtime " + version + " has no version " + Entry.VERSION + " of its C API");
    }
    for (Entry entry : Entry.values()) {
      functions.put(entry, function(table, entry.place()));
    }
    environment =
        new Handle(
            this, Entry.RELEASE_ENV, created(Entry.CREATE_ENV, LOG_ERRORS, text("openledger")));
  }

  /**
   * Opens the C API of a library that is loaded already, or loads it.
   *
   * @param library the shared library's file; the very same path that others loaded it from, else
   *     there are two runtimes in the process
   * @throws OrtFailure when it is too old
   * @throws UnsatisfiedLinkError when it is not ONNX Runtime or cannot be loaded
   */
  public static Api open(Path library) {
    return new Api(NativeLibrary.getInstance(library.toAbsolutePath().toString()));
  }

  private static Function function(Pointer table, int place) {
    Pointer address = table.getPointer((long) place * Native.POINTER_SIZE);
    if (address == null) {
      throw new OrtFailure(0, "no function at place " + place + " of the C API");
    }
    return Function.getFunction(address);
  }

  /** Of the library, as in {@code 1.28.0}. */
  public String version() {
    return version;
  }

  /** Execution providers that the library was built with, as in {@code CUDAExecutionProvider}. */
  public List<String> providers() {
    PointerByReference names = new PointerByReference();
    IntByReference count = new IntByReference();
    call(Entry.GET_AVAILABLE_PROVIDERS, names, count);
    List<String> providers = new ArrayList<>();
    for (int i = 0; i < Math.min(count.getValue(), MOST_PROVIDERS); i++) {
      Pointer name = names.getValue().getPointer((long) i * Native.POINTER_SIZE);
      providers.add(name.getString(0, StandardCharsets.US_ASCII.name()));
    }
    call(Entry.RELEASE_AVAILABLE_PROVIDERS, names.getValue(), count.getValue());
    return List.copyOf(providers);
  }

  /** Memory that the processor reads. */
  public Place cpu() {
    return place("Cpu", 0);
  }

  /** Memory of a CUDA device. Says where addresses lie, needs no device itself. */
  public Place cuda(int device) {
    return place("Cuda", device);
  }

  private Place place(String name, int device) {
    // OrtDeviceAllocator 0 (nothing is allocated through it), OrtMemTypeDefault 0
    Pointer info = created(Entry.CREATE_MEMORY_INFO, text(name), 0, device, 0);
    return new Place(this, info);
  }

  /**
   * Loads a model.
   *
   * @param model its bytes; not kept
   */
  public Session session(byte[] model, SessionSettings settings) {
    return Session.open(this, environment.pointer(), model, settings);
  }

  /** Calls what answers with a status, and throws what it says. */
  void call(Entry entry, @Nullable Object... arguments) {
    Pointer status = function(entry).invokePointer(arguments);
    if (status != null) {
      throw failure(status);
    }
  }

  /** Calls what gives its result through the last argument. */
  Pointer created(Entry entry, @Nullable Object... arguments) {
    PointerByReference result = new PointerByReference();
    @Nullable Object[] all = new Object[arguments.length + 1];
    System.arraycopy(arguments, 0, all, 0, arguments.length);
    all[arguments.length] = result;
    call(entry, all);
    return result.getValue();
  }

  /** Calls what answers with nothing. */
  void release(Entry entry, Pointer handle) {
    function(entry).invokeVoid(new Object[] {handle});
  }

  private OrtFailure failure(Pointer status) {
    try {
      int code = function(Entry.GET_ERROR_CODE).invokeInt(new Object[] {status});
      Pointer message = function(Entry.GET_ERROR_MESSAGE).invokePointer(new Object[] {status});
      return new OrtFailure(code, message.getString(0, StandardCharsets.UTF_8.name()));
    } finally {
      release(Entry.RELEASE_STATUS, status);
    }
  }

  private Function function(Entry entry) {
    Function function = functions.get(entry);
    if (function == null) {
      throw new IllegalStateException("no " + entry);
    }
    return function;
  }

  /** The address of a direct buffer's first byte; good for as long as the buffer is reachable. */
  public static long address(ByteBuffer direct) {
    return Pointer.nativeValue(Native.getDirectBufferPointer(direct));
  }

  /** A C string. */
  static byte[] text(String value) {
    return (value + "\0").getBytes(StandardCharsets.UTF_8);
  }

  /** Lets go of the environment; the library stays loaded while its Java API uses it. */
  @Override
  public void close() {
    environment.close();
    library.close();
  }
}
