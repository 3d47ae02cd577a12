package io.openledger.serving.capi;

/**
 * Functions of {@code OrtApi} by their place in its table. The table only grows at its end: a place
 * never changes its meaning ({@code onnxruntime_c_api.cc}, "DO NOT MODIFY ABOVE").
 */
enum Entry {
  GET_ERROR_CODE(1),
  GET_ERROR_MESSAGE(2),
  CREATE_ENV(3),
  CREATE_SESSION_FROM_ARRAY(8),
  CREATE_SESSION_OPTIONS(10),
  SET_SESSION_LOG_SEVERITY_LEVEL(22),
  SET_SESSION_GRAPH_OPTIMIZATION_LEVEL(23),
  SET_INTRA_OP_NUM_THREADS(24),
  CREATE_TENSOR_WITH_DATA(49),
  CREATE_MEMORY_INFO(68),
  RELEASE_ENV(92),
  RELEASE_STATUS(93),
  RELEASE_MEMORY_INFO(94),
  RELEASE_SESSION(95),
  RELEASE_VALUE(96),
  RELEASE_SESSION_OPTIONS(100),
  GET_AVAILABLE_PROVIDERS(125),
  RELEASE_AVAILABLE_PROVIDERS(126),
  ADD_SESSION_CONFIG_ENTRY(130),
  RUN_WITH_BINDING(133),
  CREATE_IO_BINDING(134),
  RELEASE_IO_BINDING(135),
  BIND_INPUT(136),
  BIND_OUTPUT(137),
  APPEND_CUDA_V2(204),
  CREATE_CUDA_PROVIDER_OPTIONS(205),
  UPDATE_CUDA_PROVIDER_OPTIONS(206),
  RELEASE_CUDA_PROVIDER_OPTIONS(208);

  /** The version of the API that has all of them; newer libraries answer to it, too. */
  static final int VERSION = 11;

  private final int place;

  Entry(int place) {
    this.place = place;
  }

  int place() {
    return place;
  }
}
