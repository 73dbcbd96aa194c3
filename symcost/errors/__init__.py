"""Every fault a user can meet, and every sentence we say about it.

The line that raises says what happened; the words are here. A fault is data until it is drawn.
"""

from symcost.errors.adapters import (
    NoBase as NoBase,
    NoSuchLayer as NoSuchLayer,
    UncountedAdapter as UncountedAdapter,
    UnknownBase as UnknownBase,
)
from symcost.errors.base import (
    MOST_FAULTS as MOST_FAULTS,
    Faults as Faults,
    SymcostError as SymcostError,
    gathered as gathered,
)
from symcost.errors.command_line import (
    BrokenExpectation as BrokenExpectation,
    NoPyodide as NoPyodide,
    NotEmpty as NotEmpty,
    NothingToCheck as NothingToCheck,
    UnknownFamily as UnknownFamily,
    UnknownLayer as UnknownLayer,
)
from symcost.errors.data import (
    BadToml as BadToml,
    LayerNotCounted as LayerNotCounted,
    MissingEntry as MissingEntry,
    TrainingNotCounted as TrainingNotCounted,
    UnknownConvention as UnknownConvention,
    UnknownEntry as UnknownEntry,
    UnknownOptimizer as UnknownOptimizer,
    UnreadableData as UnreadableData,
    WrongEntry as WrongEntry,
)
from symcost.errors.devices import (
    ClockTooHigh as ClockTooHigh,
    ImpossibleUtilization as ImpossibleUtilization,
    LevelTooLarge as LevelTooLarge,
    MissingFigure as MissingFigure,
    MissingUnit as MissingUnit,
    NewerSchema as NewerSchema,
    OldSchema as OldSchema,
    OtherUnit as OtherUnit,
    SparseFigure as SparseFigure,
    UnknownDevice as UnknownDevice,
    UnknownGrid as UnknownGrid,
    UnknownNumberType as UnknownNumberType,
    UnknownProfile as UnknownProfile,
)
from symcost.errors.export import (
    NotForAPage as NotForAPage,
    OpenWeights as OpenWeights,
    TooManyBlocks as TooManyBlocks,
    TooNarrow as TooNarrow,
    UnsafeLatex as UnsafeLatex,
)
from symcost.errors.files import (
    FileTooLarge as FileTooLarge,
    NotInFile as NotInFile,
    NotText as NotText,
    UnreadableFile as UnreadableFile,
    UseCycle as UseCycle,
    UseOutside as UseOutside,
)
from symcost.errors.importing import (
    CannotCapture as CannotCapture,
    CaptureTooLarge as CaptureTooLarge,
    CaptureTooLong as CaptureTooLong,
    CountsDiffer as CountsDiffer,
    MissingExtra as MissingExtra,
    NoSuchSource as NoSuchSource,
    UnknownOperation as UnknownOperation,
)
from symcost.errors.indices import (
    AffineSign as AffineSign,
    BadIndexing as BadIndexing,
    BadSubscript as BadSubscript,
    IndexConflict as IndexConflict,
    IndexCount as IndexCount,
    IndexHidden as IndexHidden,
    MissingIndex as MissingIndex,
    NothingToAddTo as NothingToAddTo,
    UnknownExtent as UnknownExtent,
    UnsummedIndex as UnsummedIndex,
)
from symcost.errors.loops import (
    CarriedShape as CarriedShape,
    ChangingParameter as ChangingParameter,
    InLoop as InLoop,
    LostInside as LostInside,
    NoSuchItem as NoSuchItem,
    NotInLoop as NotInLoop,
    RaggedEmit as RaggedEmit,
    RecurrenceWithoutCarry as RecurrenceWithoutCarry,
    UndecidedCondition as UndecidedCondition,
    UnequalLists as UnequalLists,
)
from symcost.errors.models import (
    EmptyCache as EmptyCache,
    NoModel as NoModel,
    NotDecoded as NotDecoded,
    SeveralModels as SeveralModels,
    UnknownConfig as UnknownConfig,
    UnknownModel as UnknownModel,
)
from symcost.errors.names import (
    CallsItself as CallsItself,
    DuplicateName as DuplicateName,
    GivenTwice as GivenTwice,
    HiddenDimension as HiddenDimension,
    LeftInside as LeftInside,
    MissingArgument as MissingArgument,
    MissingReturn as MissingReturn,
    NoConstant as NoConstant,
    NoInput as NoInput,
    NoSuchDimension as NoSuchDimension,
    OtherLayerShape as OtherLayerShape,
    TooManyArguments as TooManyArguments,
    TooManyOperations as TooManyOperations,
    UnknownArgument as UnknownArgument,
    UnknownModule as UnknownModule,
    UnknownName as UnknownName,
    UnusedLayer as UnusedLayer,
    WrongCount as WrongCount,
    WrongKind as WrongKind,
)
from symcost.errors.pictures import (
    NoPainter as NoPainter,
    NothingToPlot as NothingToPlot,
    NothingToUnroll as NothingToUnroll,
    NothingToVary as NothingToVary,
    TooLargeToDraw as TooLargeToDraw,
)
from symcost.errors.published import (
    MisplacedAssumption as MisplacedAssumption,
    MisplacedMapping as MisplacedMapping,
    MissingKey as MissingKey,
    NoMapping as NoMapping,
    NoSuchModel as NoSuchModel,
    NotJson as NotJson,
    NumbersElsewhere as NumbersElsewhere,
    OtherArchitecture as OtherArchitecture,
    OtherClass as OtherClass,
    OtherLength as OtherLength,
    OtherType as OtherType,
    SeveralSpellings as SeveralSpellings,
    UndividedHeads as UndividedHeads,
    UnknownMapping as UnknownMapping,
    UnknownType as UnknownType,
    UnreadKey as UnreadKey,
    UnsharedHeads as UnsharedHeads,
    WrongKey as WrongKey,
)
from symcost.errors.questions import (
    NoPath as NoPath,
    UndecidedComparison as UndecidedComparison,
    UndecidedPeak as UndecidedPeak,
    UnderivedBackward as UnderivedBackward,
    UnderivedDepth as UnderivedDepth,
    UnderivedGrowth as UnderivedGrowth,
    UnderivedMemory as UnderivedMemory,
    UnderivedWindow as UnderivedWindow,
    UnknownQuantity as UnknownQuantity,
    Unsolved as Unsolved,
    WrongOrder as WrongOrder,
)
from symcost.errors.runs import (
    ChunkTooLarge as ChunkTooLarge,
    DoesNotFit as DoesNotFit,
    ImpossibleMfu as ImpossibleMfu,
    NoLinks as NoLinks,
    NoSuchLink as NoSuchLink,
    NotAlike as NotAlike,
    OtherVocabulary as OtherVocabulary,
    UnevenBatch as UnevenBatch,
    UnevenDevices as UnevenDevices,
    UnevenLayout as UnevenLayout,
    UnsaidSize as UnsaidSize,
)
from symcost.errors.sizes import (
    AxisOutOfRange as AxisOutOfRange,
    BadPermutation as BadPermutation,
    CannotReshape as CannotReshape,
    ConcatMismatch as ConcatMismatch,
    DivisionByZero as DivisionByZero,
    ImpossibleAssumption as ImpossibleAssumption,
    NoSuchPosition as NoSuchPosition,
    NotASize as NotASize,
    NotDivisible as NotDivisible,
    PatternMismatch as PatternMismatch,
    RankMismatch as RankMismatch,
    ShapeMismatch as ShapeMismatch,
    UnequalSizes as UnequalSizes,
    UnsolvablePattern as UnsolvablePattern,
)
from symcost.errors.syntax import (
    BadNumber as BadNumber,
    ExpressionTooDeep as ExpressionTooDeep,
    NestingTooDeep as NestingTooDeep,
    PositionalAfterKeyword as PositionalAfterKeyword,
    TextTooLong as TextTooLong,
    UnclosedBlock as UnclosedBlock,
    UnclosedBracket as UnclosedBracket,
    UnclosedDoc as UnclosedDoc,
    UnclosedString as UnclosedString,
    UnexpectedText as UnexpectedText,
    UnknownCharacter as UnknownCharacter,
    UnopenedBracket as UnopenedBracket,
)
from symcost.errors.values import (
    BadRange as BadRange,
    BadValue as BadValue,
    MissingValue as MissingValue,
    NoSource as NoSource,
    NotOpen as NotOpen,
    TooManyPoints as TooManyPoints,
    TooManyRows as TooManyRows,
    UnknownDimension as UnknownDimension,
    ValueTooLarge as ValueTooLarge,
    ViolatedAssumption as ViolatedAssumption,
)
from symcost.errors.words import did_you_mean as did_you_mean
