"""In which language and script a text is written, by counting characters."""

import re

from pipeline.ingest.clean import count_han

_SAMPLE = 20_000  # characters looked at
# common characters that only traditional script has
TRADITIONAL = frozenset(
    "為個們來時會對發經過國說學這還進動務點業從開關與應實產門無現場當體長問間數據電話機構規範條例訂見認書記報導員義歷總統計畫區縣鄉鎮廳處係據將後復補貼資訊網絡雲軟體標準運輸貨幣銀財稅價額貿"
    "農漁業環衛護醫藥療養險險勞動職業務員選舉權責織組級類別種樣極構築術藝優勢傳播變轉換換擴擬據點辦證證請審議決則獎勵懲罰執監測試驗質量檢查報備結論證據號碼碼頭頁張圖紙書寫聽讀買賣費錢貧窮難關係"
    "緊張嚴單雙幾歲歷時風險氣溫熱濕乾燥樹葉馬車輛鐵路鐵橋樑島嶼灣陸東邊遠近親愛樂歡慶禮儀廣闊寬窄厚薄輕圓筆劃線緣緒練習慣態積極參與負擔擔憂懷舊聯繫聲響應該誰讓讚許諾詞語詩詳細談論調節約終續繼斷絕維護"
    "羅馬尋獲獻獵獨顯題願顧頂項順須預領頭頻額顏類飛飯館養餘驗驚黃齊齡龍龜興舊舉莊葉蘇蘭藍蓋蔣處虛號蟲裝裏製複視覺觀觸誤誠誌課諮詢諸謝謂識譯議護變讓貝貞負財貢貫責貴貸費賀資賓賞賢賴購賽贈贏車軍軌軟"
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
