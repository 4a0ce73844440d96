"""In which language and script a text is written, by counting characters."""

import re

from pipeline.ingest.clean import count_han

_SAMPLE = 20_000  # characters looked at
# common characters that only traditional script has, by code point
TRADITIONAL = frozenset(
    "並乾來係個們備傳傷傾價儀償優儲兒冊別刪則剛劃劉動務勞勢勵匯區卻參員問單嗎嚴國圍園圓圖執報場夠學實審寫寬將專尋對導屆層屬島"
    "嶼師帶幣幾廈廢廣廳張強後徑從復愛態慣慮慶憂應懲懷戀戶換撥擇擔據擬擴數斷於時書會東條業極構樂樑樓標樣樹橋機檔檢權歡歲歷殘氣"
    "決沒況減測準溫漁濕灣為無熱燥獎獨獲獵獻現環產畫當療發盡監眾確碼礙禮稅種稱積窄窮競筆節範築簡簽約納紙級細終組結絕絡統經綜維"
    "網緊緒線緣編緩練縣總織繫繼續罰羅義習聯聲職聽臨臺與興舉舊莊葉蓋蔣藍藝藥蘇蘭處虛號蟲術衛裏補裝製複見規視親覺觀觸訂計訊討訓"
    "託記訪許訴診註評詞詢試詩話該詳誌認語誠誤說誰課調談請論諮諸諾謂謝謹證識譯議護讀變讓讚貝貞負財貢貧貨貫責貴買貸費貼貿賀資賓"
    "賞賢賣質賴購賽贈贊贏車軌軍軟較載輔輕輛輪輸轄轉辦辭辯農這連進遊運過違遠適選還邊鄉醫釋銀鋪錄錢鍵鎮鐘鐵鑑鑒長門開間閱闊關陳"
    "陸險雖雙離難雲電響頁頂頃項順須預領頭頻題額顏願類顧顯風飛飯養餘館馬驗驚體麼黃點齊齡龍龜"
)


def language_of(text: str) -> str:
    """zh, zh-Hant, en or other."""
    sample = text[:_SAMPLE]
    han = count_han(sample)
    words = re.findall(r"[A-Za-z]{2,}", sample)
    kana = len(re.findall("[\u3041-\u30ff\uac00-\ud7af]", sample))
    other = len(re.findall("[\u00c0-\u024f\u0370-\u1fff]", sample))
    if han > 0 and han >= max(2 * kana, len(words), other):
        return "zh-Hant" if sum(map(sample.count, TRADITIONAL)) > 0.06 * han else "zh"
    common = sum(word.lower() in ("the", "of", "and", "to", "in", "for", "is", "on", "with", "an", "by") for word in words)
    if len(words) > max(other, kana, 1) and (common > 0.08 * len(words) or len(words) < 12):
        return "en"
    return "other"
