"""All that imports torch: it runs in a process of its own, and what it finds leaves as plain JSON.

child      the process: reads what is asked, sets its bounds, answers line by line
sources    `torchvision:`, `timm:`, `hf:`, `package.module:function` to a module and its inputs
hugging    inputs for the types of transformers
plain      an exported program as plain data
counts     what FlopCounterMode counts at each operation
"""
