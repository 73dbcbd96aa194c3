"""A PyTorch or ONNX model in, its `.arch` text out.

Stages, each callable alone, each a file or folder of its own:

    capture     torch.export on the meta device, in a child process     -> Graph (plain data, no torch)
    aten, onnx  operations of the source to operations of the language  -> Program for one configuration
    names       the same model at several configurations, aligned       -> Program whose sizes are expressions
    structure   module tree, equal modules, repeats, scans, choices     -> definitions
    idioms      attention, norms, rotary, gated layers                  -> the same, shorter
    text        definitions, configuration, expectations                -> .arch
    verify      parameters and MACs against PyTorch's own counts        -> the text, or a report and no file

Only `capture` imports torch, only `onnx` imports onnx.
"""
